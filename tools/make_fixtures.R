# Makes the models of tests/testthat/fixtures, one of each kind, with what they predict:
#   Rscript tools/make_fixtures.R
# To be run once for each format_version, when it is released. Files that are there stay as they
# are: that they keep loading is what they are for.

library(unfurl)
directory <- file.path("tests", "testthat", "fixtures")
dir.create(directory, showWarnings = FALSE)

keep_fixture <- function(name, model, newdata) {
  path <- file.path(directory, paste0("model-", model$format_version, "-", name, ".rds"))
  if (file.exists(path)) return(invisible())
  placed <- predict(model, newdata)
  placed <- unname(as.matrix(placed[grep("^UMAP", names(placed))]))
  saveRDS(list(model = model, newdata = newdata, placed = placed), path, version = 2)
}

known <- seq(1, 150, by = 2)
x <- as.matrix(iris[known, 1:4])
new <- as.matrix(iris[-known, 1:4])
keep_fixture("plain", umap_fit(x, n_neighbors = 8, n_epochs = 50), new)
keep_fixture(
  "scaled", umap_fit(x, n_epochs = 50, scale = "z", pca = 2, metric = "correlation"), new
)
keep_fixture("mixed", umap_fit(iris[known, ], n_epochs = 50), iris[-known, ])
keep_fixture("formula", umap_fit(Species ~ log(Petal.Width) + ., iris[known, ]), iris[-known, ])
keep_fixture("bits", umap_fit(x > 3, metric = "hamming", n_neighbors = 8), new > 3)
keep_fixture(
  "distances", umap_fit(dist(x), n_neighbors = 8), as.matrix(dist(rbind(x, new)))[76:150, 1:75]
)
