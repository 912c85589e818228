# Metrics: their names, and what goes with some of them.

metrics <- c(
  "euclidean", "sqeuclidean", "seuclidean", "mahalanobis", "manhattan", "chebyshev", "minkowski",
  "canberra", "braycurtis", "cosine", "correlation", "spearman", "tsss", "hellinger",
  "jensenshannon", "symmetric_kl", "haversine", "hamming", "jaccard", "dice", "matching",
  "kulsinski", "rogerstanimoto", "russellrao", "sokalmichener", "sokalsneath", "yule"
)

# Names of elements that `metric_kwds` may have.
metric_keywords <- list(minkowski = "p", seuclidean = "var", mahalanobis = "cov")

# A metric as C takes it: list(name, p, spread, fn), and `kwds` as given. `d`: columns of the data, where they are known.
check_metric <- function(metric, kwds = NULL, d = NULL) {
  if (is.function(metric)) {
    check_keywords(kwds, "function")
    return(list(name = "function", fn = metric))
  }
  name <- check_choice(metric, "metric", metrics)
  check_keywords(kwds, name)
  c(
    list(name = name, kwds = kwds),
    switch(name,
      minkowski = list(p = check_power(kwds$p)),
      seuclidean = list(spread = check_variances(kwds$var, d)),
      mahalanobis = list(spread = check_covariances(kwds$cov, d))
    )
  )
}

# Before the metric is known: a list with names, whichever they are.
check_keyword_list <- function(kwds) {
  if (is.null(kwds) || identical(kwds, list()) || (is.list(kwds) && !is.null(names(kwds)))) {
    return(kwds)
  }
  abort_input("metric_kwds", "must be a list with names, not ", describe(kwds))
}

check_keywords <- function(kwds, name) {
  known <- metric_keywords[[name]]
  if (is.null(kwds) || identical(kwds, list())) return(invisible())
  is_named <- is.list(kwds) && !is.null(names(kwds))
  if (is_named && all(names(kwds) %in% known) && !anyDuplicated(names(kwds))) return(invisible())
  if (is.null(known)) {
    abort_input("metric_kwds", "must be NULL, as the metric \"", name, "\" takes nothing beside")
  }
  abort_input(
    "metric_kwds", "must be a list with the element `", known, "` for the metric \"", name, "\""
  )
}

check_power <- function(p) {
  if (is.null(p)) return(2)
  check_number(p, "metric_kwds$p", min = 1)
}

check_variances <- function(var, d) {
  if (is.null(var)) return(NULL)
  is_fit <- is.numeric(var) && is.null(dim(var)) && all(is.finite(var) & var > 0)
  if (is_fit && (is.null(d) || length(var) == d)) return(as.double(var))
  abort_input(
    "metric_kwds$var", "must be a vector of numbers greater than 0, one for each column of `x`"
  )
}

check_covariances <- function(cov, d) {
  if (is.null(cov)) return(NULL)
  is_fit <- is.matrix(cov) && is.numeric(cov) && all(is.finite(cov)) && isSymmetric(unname(cov))
  if (is_fit && (is.null(d) || nrow(cov) == d)) return(as.double(cov))
  abort_input(
    "metric_kwds$cov", "must be a symmetric matrix of numbers with a row for each column of `x`"
  )
}

# Given neighbours have a name alone.
metric_name <- function(metric) if (is.list(metric)) metric$name else metric

# R functions are called on the main thread alone.
run_for_metric <- function(run, metric) {
  if (is.list(metric) && !is.null(metric$fn)) run$n_threads <- 1L
  run
}

# Pairs at or beyond it are no neighbours: opposite directions, or rows that have nothing in common.
# As distances have the precision of floats, theirs may come out a little below the limit.
max_distance <- function(metric) {
  switch(metric,
    cosine = , correlation = , spearman = 2 - 2^-18,
    hellinger = 1 - 2^-19,
    jaccard = , dice = 1,
    Inf
  )
}
