export const java = `// Fill in the place below, then: fcnet compare net.json --give text --against "java Adapter.java"
import java.io.*;
import java.util.*;
import java.util.stream.*;

class Adapter {
  /** Row by row: v[i * shape[1] + j]. X is inputs x samples, W1 outputs x inputs; --give text,rows,in-out turns them round. */
  record Array(int[] shape, double[] v) {}

  public static void main(String[] args) throws IOException {
    Map<String, Array> net = new TreeMap<>(), grads = new TreeMap<>();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] words = line.split(" ");
      if (!Character.isDigit(words[1].charAt(0))) continue; // a word: activation relu
      int rank = Integer.parseInt(words[1]);
      int[] shape = Arrays.stream(words, 2, 2 + rank).mapToInt(Integer::parseInt).toArray();
      net.put(words[0], new Array(shape, Arrays.stream(words, 2 + rank, words.length).mapToDouble(Double::parseDouble).toArray()));
    }
    // your code here: from net.get("X"), net.get("y"), net.get("W1"), ... to grads.put("dW1", new Array(net.get("W1").shape(), dW1)), ...
    grads.forEach((name, a) -> System.out.println(name + " " + a.shape.length + " "
      + Arrays.stream(a.shape).mapToObj(String::valueOf).collect(Collectors.joining(" ")) + " "
      + Arrays.stream(a.v).mapToObj(String::valueOf).collect(Collectors.joining(" "))));
  }
}
`;
