# States what "one seed, one picture" means, and holds the number that changes when pictures do.

# Goes up with every release that gives other coordinates for the same data, arguments and seed;
# then `Rscript tools/golden.R` renews the hashes in the tests, and NEWS.md says so.
algorithm_version <- 2L

#' One seed, one picture
#'
#' The same data, arguments and `seed` give the same result, bit for bit. This page says what that
#' covers, what it does not, and how it is tested.
#'
#' @section What is promised:
#' Within one version of the package, every function returns the same bits for the same input,
#' whatever
#' - the number of threads, and what else the processors have to do;
#' - the instruction set: plain C, SSE2, AVX2, AVX-512, VNNI, or NEON on arm64;
#' - the processor, the compiler (gcc, clang) and its optimization level;
#' - the libraries of the system: no result depends on its mathematics, BLAS or LAPACK, nor on
#'   a package that changed how the processor rounds;
#' - the language of the session, in whose order categories would come;
#' - the state of R's random numbers, which are neither used nor changed.
#'
#' With `seed = NULL` a seed is drawn from R's own generator, so that [set.seed()] rules. The model
#' that [umap_fit()] returns stores it as `seed`: giving that number repeats the result.
#'
#' A new version of the package may give other coordinates, on purpose: NEWS says so, and
#' `algorithm_version`, which every model stores, goes up. Two models with the same number, seed,
#' settings and data have the same coordinates.
#'
#' @section What is not:
#' - **Data that differ in the last bit.** Where numbers come from a computation (a scaling, a
#'   principal component analysis, a matrix product), a different machine, BLAS or number of threads
#'   may have given slightly different ones before this package saw them. UMAP amplifies that: the
#'   picture keeps its groups, but not its coordinates. Save the data that go in, or compare their
#'   hashes.
#' - **The order of the rows.** The same rows in a different order are different data. So are
#'   factors whose levels come in a different order, as [factor()] takes it from the language, where
#'   there are nothing but categories.
#' - **Functions of your own**, such as a metric written in R, are as reproducible as they are by
#'   themselves.
#' - **Processors without IEEE 754 arithmetic**, among them 32-bit x86 with its x87 registers. The
#'   compiler flags `-ffast-math` and `-Ofast` are refused.
#' - **Time and progress**, of course.
#'
#' @section How it works:
#' Sums have a fixed shape whatever the width of the registers, a product and a sum are fused where
#' the source says so and nowhere else, `exp()` and `log()` are polynomials of the package, random
#' numbers are a function of the place where they are used, and no two threads write the same
#' number. `src/core/arith/arith.h` states the rules. They cost next to nothing: see
#' `bench/results/canonical.md` in the sources.
#'
#' @section How it is tested:
#' `tools/identity.sh` in the sources compiles the package with gcc and clang at several levels of
#' optimization, for x86-64 and arm64, runs every stage on each instruction set with 1, 2 and 5
#' threads, and compares the results; `bench/results/identity.md` is its report.
#' `bench/identity_mnist.R` does so for the 70,000 images of MNIST, with its report next to it. The
#' package's own tests compare with hashes that were made when the version was, so that your machine
#' has checked the promise when they pass.
#'
#' @name reproducibility
#' @seealso [umap()]
#' @examples
#' x <- digits$pixels[1:300, ]
#' one <- umap(x, n_threads = 1)
#' identical(one, umap(x, n_threads = 2))
#'
#' # a drawn seed is kept
#' model <- umap_fit(x, seed = NULL)
#' model$seed
#' identical(as.data.frame(model), umap(x, seed = model$seed))
NULL
