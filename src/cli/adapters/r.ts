export const r = String.raw`# Fill in the place below, then: fcnet compare net.json --give text --against "Rscript adapter.R"
# X is inputs x samples, W1 outputs x inputs; --give text,rows,in-out gives them the other way round.
net <- list()
grads <- list()
for (line in readLines(file("stdin"))) {
  words <- strsplit(line, " ")[[1]]
  if (!grepl("^[0-9]", words[2])) next # a word: activation relu
  rank <- as.integer(words[2])
  values <- as.numeric(words[-seq_len(2 + rank)])
  net[[words[1]]] <- if (rank < 2) values else matrix(values, ncol = as.integer(words[4]), byrow = TRUE)
}

# your code here: from net$X, net$y, net$W1, net$b1, ..., net$reg to grads$dW1, grads$db1, ...

for (name in names(grads)) {
  gradient <- grads[[name]]
  shape <- if (is.matrix(gradient)) dim(gradient) else length(gradient)
  values <- if (is.matrix(gradient)) t(gradient) else gradient
  cat(name, length(shape), shape, sprintf("%.17g", values))
  cat("\n")
}
`;
