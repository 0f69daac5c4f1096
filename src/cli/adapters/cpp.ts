export const cpp = `// Fill in the place below, then: c++ -std=c++17 adapter.cpp -o adapter && fcnet compare net.json --give text --against ./adapter
#include <cmath>
#include <iostream>
#include <map>
#include <sstream>
#include <vector>
struct Array { std::vector<int> shape; std::vector<double> v; }; // row by row: v[i * shape[1] + j]
int main() {
  std::map<std::string, Array> net, grads;
  for (std::string line, name; std::getline(std::cin, line);) {
    std::istringstream words(line);
    if (int rank; words >> name >> rank) net[name].shape.resize(rank);
    else continue; // a word: activation relu
    for (int &size : net[name].shape) words >> size;
    for (double x; words >> x;) net[name].v.push_back(x);
  }
  // your code here: from net["X"] (inputs x samples), net["W1"] (outputs x inputs), ... to grads["dW1"] = {net["W1"].shape, ...}, ...
  std::cout.precision(17);
  for (auto &[name, a] : grads) {
    std::cout << name << ' ' << a.shape.size();
    for (int size : a.shape) std::cout << ' ' << size;
    for (double x : a.v) std::cout << ' ' << x;
    std::cout << std::endl;
  }
}
`;
