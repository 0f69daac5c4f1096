export const c = String.raw`/* Fill in the place below, then: cc adapter.c -o adapter -lm && fcnet compare net.json --give text --against ./adapter */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Row by row: v[i * cols + j]. X is inputs x samples, W1 outputs x inputs; --give text,rows,in-out turns them round. */
struct array { char name[32]; int rank, rows, cols; double *v; };
static struct array net[99];
static struct array *get(const char *name) { struct array *a = net; while (a->v && strcmp(a->name, name)) a++; return a; }
static void put(const char *name, const struct array *like, const double *v) { /* v has the shape of a parameter */
  if (like->rank == 2) printf("%s 2 %d %d", name, like->rows, like->cols);
  else printf("%s 1 %d", name, like->rows);
  for (int i = 0; i < like->rows * like->cols; i++) printf(" %.17g%s", v[i], i + 1 < like->rows * like->cols ? "" : "\n");
}
int main(void) {
  for (struct array *a = net; a < net + 98 && scanf("%31s", a->name) == 1; a += a->v != NULL) {
    int isArray = scanf("%d", &a->rank), end = a->rows = a->cols = 1;
    while (!isArray && end != '\n' && end != EOF) end = getchar(); /* a word: activation relu */
    for (int d = 0; isArray && d < a->rank; d++) isArray = scanf("%d", d == 0 ? &a->rows : &a->cols);
    if (isArray) a->v = malloc(sizeof(double) * a->rows * a->cols);
    for (int i = 0; isArray && i < a->rows * a->cols; i++) isArray = scanf("%lf", a->v + i);
  }
  /* your code here: from get("X"), get("y"), get("W1"), ... to put("dW1", get("W1"), dW1), ... */
}
`;
