# One seed, one picture: on this machine, on all machines, and whatever R's random numbers do.

test_that("results have the bits that were recorded", {
  golden <- read_golden()
  skip_if(length(golden) == 0, "no golden.csv: run `Rscript tools/golden.R`")
  expect_identical(golden[["algorithm_version"]], as.character(algorithm_version))
  cases <- golden_cases()
  for (case in names(cases)) {
    expect_identical(golden_hashes(cases[case]), golden[case], label = case)
  }
})

test_that("threads and instruction sets change no stage", {
  skip_if_quick("all recorded results on four combinations of threads and instruction set")
  cases <- golden_cases()
  cases$defaults <- NULL
  old <- Sys.getenv(c("UNFURL_ISA", "UNFURL_THREADS"))
  on.exit(do.call(Sys.setenv, as.list(old)))
  hashes_on <- function(isa, threads) {
    Sys.setenv(UNFURL_ISA = isa, UNFURL_THREADS = threads)
    golden_hashes(cases)
  }
  best <- hashes_on("", 1)
  expect_identical(hashes_on("", 3), best)
  expect_identical(hashes_on("sse2", 2), best)
  expect_identical(hashes_on("avx2", 2), best)
})

test_that("a fixed seed neither uses nor changes R's random numbers", {
  x <- gaussian(60, 4)
  set.seed(1)
  before <- .Random.seed
  graph <- fuzzy_graph(nearest_neighbors(x, 10, method = "nndescent"))
  start <- initial_layout(graph, "random")
  layout <- optimize_layout(graph, start, n_epochs = 5)
  embedding_quality(x, layout)
  umap(x, n_epochs = 5)
  expect_identical(.Random.seed, before)
  rm(".Random.seed", envir = globalenv())
  umap(x, n_epochs = 5)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
  set.seed(2)
  expect_identical(umap(x, n_epochs = 5), with_seed(3, umap(x, n_epochs = 5)))
})

test_that("without a seed one is drawn from R's random numbers, and kept", {
  x <- gaussian(60, 4)
  set.seed(7)
  drawn <- floor(stats::runif(1) * 2^31)
  model <- with_seed(7, umap_fit(x, n_epochs = 5, seed = NULL))
  expect_identical(model$seed, drawn)
  expect_identical(umap_fit(x, n_epochs = 5, seed = model$seed)$layout, model$layout)
  stages <- function(seed) {
    nn <- nearest_neighbors(x, 10, method = "nndescent", seed = seed)
    graph <- fuzzy_graph(nn)
    optimize_layout(graph, initial_layout(graph, "random", seed = seed), n_epochs = 5, seed = seed)
  }
  expect_identical(with_seed(8, stages(NULL)), with_seed(8, stages(NULL)))
  expect_false(identical(with_seed(8, stages(NULL)), with_seed(9, stages(NULL))))
})

test_that("a model says by which version of the algorithm it was made", {
  expect_identical(umap_fit(gaussian(20, 3), n_epochs = 5)$algorithm_version, algorithm_version)
})
