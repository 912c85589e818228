# Columns of numbers brought to a common scale, and principal components, before anything is
# compared. What is decided on the data is kept with the model and applied to new data.

scales <- c("none", "z", "range", "colrange", "maxabs")

# uwot's spellings are understood as well. NULL where the data are to decide.
check_scale <- function(scale) {
  if (is.null(scale)) return(NULL)
  if (isTRUE(scale)) return("z")
  if (isFALSE(scale)) return("none")
  if (is.character(scale) && length(scale) == 1) {
    scale <- tolower(scale)
    if (identical(scale, "scale")) return("z")
  }
  check_choice(scale, "scale", scales)
}

check_pca <- function(pca) if (is.null(pca)) NULL else check_whole(pca, "pca", min = 1)

# The transform of a matrix, or NULL where it stays as it is.
make_transform <- function(x, scale, pca, seed, run) {
  n_directions <- if (is.null(pca) || pca >= n_columns(x)) 0L else pca
  if (scale == "none" && n_directions == 0) return(NULL)
  if (matrix_kind(x) != "dense") {
    abort_input(
      if (scale == "none") "pca" else "scale", "needs a dense matrix, not a ", matrix_kind(x),
      " one: make it so with as.matrix(), where memory allows"
    )
  }
  .Call(C_make_transform, x, scale, n_directions, seed, run)
}

apply_transform <- function(x, transform, run) {
  if (is.null(transform)) return(x)
  transformed <- .Call(C_apply_transform, x, transform, run)
  rownames(transformed) <- rownames(x)
  transformed
}
