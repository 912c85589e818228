# Makes the pictures of the README except the one of MNIST, which tools/demo.R --mnist DIR makes:
#   Rscript tools/readme_pictures.R
# The package must be installed.

library(unfurl)

save_picture <- function(name, width, height, draw) {
  path <- file.path("man", "figures", name)
  png(path, width, height, res = 120)
  on.exit(dev.off())
  par(mar = c(0.5, 0.5, 2.5, 0.5))
  draw()
  message(path)
}

model <- umap_fit(digits$pixels, digits$label)

save_picture("README-digits.png", 1500, 500, function() {
  par(mfrow = c(1, 3))
  quiet <- function(...) plot(model, axes = FALSE, xlab = NULL, ylab = NULL, ...)
  quiet(label_medians = TRUE, main = "labels")
  quiet(connectivity = TRUE, main = "edges of the graph", label_medians = TRUE)
  quiet(diagnostic = "neighbor_preservation", main = "how far to trust it")
})

graph <- model$graph
init <- initial_layout(graph, "random")
layouts <- optimize_layout(graph, init, n_epochs = 200, snapshots = c(0, 10, 20, 40, 200))
save_picture("README-epochs.png", 1500, 300, function() {
  plot(layouts, label = digits$label)
})
