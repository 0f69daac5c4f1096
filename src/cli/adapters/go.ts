export const go = String.raw`// Fill in the place below, then: fcnet compare net.json --give text --against "go run adapter.go"
package main

import ("bufio"; "fmt"; "math"; "os"; "strconv"; "strings")

// Row by row: V[i*Shape[1]+j]. X is inputs x samples, W1 outputs x inputs; --give text,rows,in-out turns them round.
type Array struct { Shape []int; V []float64 }

var exp, in = math.Exp, bufio.NewReader(os.Stdin)

func main() {
	net, grads := map[string]Array{}, map[string]Array{}
	for line, err := in.ReadString('\n'); err == nil; line, err = in.ReadString('\n') {
		words, a := strings.Fields(line), Array{}
		rank, err := strconv.Atoi(words[1])
		if err != nil { continue } // a word: activation relu
		for _, word := range words[2 : 2+rank] { n, _ := strconv.Atoi(word); a.Shape = append(a.Shape, n) }
		for _, word := range words[2+rank:] { x, _ := strconv.ParseFloat(word, 64); a.V = append(a.V, x) }
		net[words[0]] = a
	}
	// your code here: from net["X"], net["y"], net["W1"], ... to grads["dW1"] = Array{net["W1"].Shape, dW1}, ...
	for name, a := range grads {
		fmt.Println(name, len(a.Shape), strings.Trim(fmt.Sprint(a.Shape), "[]"), strings.Trim(fmt.Sprint(a.V), "[]"))
	}
}
`;
