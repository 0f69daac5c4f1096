export const rust = `// Fill in the place below, then: rustc -O adapter.rs && fcnet compare net.json --give text --against ./adapter
use std::{collections::BTreeMap, io::stdin};

/// Row by row: values[i * shape[1] + j]. X is inputs x samples, W1 outputs x inputs; --give text,rows,in-out turns them round.
struct Array { shape: Vec<usize>, values: Vec<f64> }

fn main() {
    let (mut net, mut grads) = (BTreeMap::new(), BTreeMap::new());
    for line in stdin().lines().map(|line| line.unwrap()) {
        let words: Vec<&str> = line.split(' ').collect();
        if let Ok(rank) = words[1].parse::<usize>() { // else it is a word: activation relu
            let shape = words[2..2 + rank].iter().map(|size| size.parse().unwrap()).collect();
            let values = words[2 + rank..].iter().map(|value| value.parse().unwrap()).collect();
            net.insert(words[0].to_string(), Array { shape, values });
        }
    }
    // your code here: from &net["X"], &net["y"], &net["W1"], ... to grads.insert("dW1", Array { ... }), ...
    for (name, Array { shape, values }) in grads {
        let sizes: String = shape.iter().map(|size| format!(" {size}")).collect();
        let numbers: String = values.iter().map(|value| format!(" {value}")).collect();
        println!("{name} {}{sizes}{numbers}", shape.len());
    }
}
`;
