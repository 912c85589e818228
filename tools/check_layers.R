# Checks the layers of src:
#   Rscript tools/check_layers.R [DIR]
# DIR is the root of the repository, by default the one of this script. Prints a line for each rule
# and ends with status 1 when one is broken.
#
# src/Makevars says which objects are foundations and in which order the stages come. A stage is a
# file, or several that share the part of their names before "_": neighbors.c, neighbors.h and
# neighbor_exact.c. A header that belongs to no object of a stage is a foundation too.

conductors <- c("umap", "predict")
max_stages <- 3 # that a file may include, unless it is a conductor's
# Files that compute nothing.
integers_only <- c("status", "context", "memory", "parallel", "kernels")

# ---- The sources --------------------------------------------------------------------------------

# The words of a variable in Makevars, other variables in it replaced by theirs.
make_words <- function(makevars, variable) {
  lines <- gsub("\\\\\n", " ", paste(readLines(makevars), collapse = "\n"))
  pattern <- paste0("(?m)^", variable, " *=\\K.*$")
  words <- scan(
    text = regmatches(lines, regexpr(pattern, lines, perl = TRUE)), what = "", quiet = TRUE
  )
  nested <- regmatches(words, regexec("^\\$\\((.*)\\)$", words))
  unlist(Map(function(word, match) {
    if (length(match) == 0) word else make_words(makevars, match[2])
  }, words, nested), use.names = FALSE)
}

core_objects <- function(makevars, variable) {
  sub("^core/", "", grep("^core/", make_words(makevars, variable), value = TRUE))
}

stage_of <- function(file) sub("s$", "", sub("_.*", "", sub("[./].*", "", file)))

# One row for each #include of `files`: who includes what, and whether in quotes or in brackets.
read_includes <- function(directory, files) {
  pattern <- "^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)"
  includes <- lapply(files, function(file) {
    lines <- readLines(file.path(directory, file), warn = FALSE)
    found <- Filter(length, regmatches(lines, regexec(pattern, lines)))
    data.frame(
      file = rep(file, length(found)),
      quoted = vapply(found, `[`, "", 2) == "\"",
      header = vapply(found, `[`, "", 3)
    )
  })
  do.call(rbind, includes)
}

# Headers relative to core/, as seen from a file of core/ or of one of its directories.
resolve_header <- function(core, file, header) {
  beside <- file.path(dirname(file), header)
  path <- ifelse(file.exists(file.path(core, beside)), beside, header)
  path <- gsub("^(\\./)+", "", path)
  gsub("[^/]+/\\.\\./", "", path)
}

# ---- Rules of the includes ----------------------------------------------------------------------

breach_listing <- function(core, objects) {
  sources <- list.files(core, "\\.c$", recursive = TRUE)
  compiled <- sub("\\.o$", ".c", objects)
  c(
    sprintf("%s: not in OBJECTS", setdiff(sources, compiled)),
    sprintf("%s: in OBJECTS without a source", setdiff(compiled, sources))
  )
}

breach_r_headers <- function(includes) {
  is_r <- grepl("^(R|Rinternals|Rmath|Rdefines|Rversion|Rconfig|R_ext/.*)(\\.h)?$", includes$header)
  describe(includes[is_r, ])
}

breach_order <- function(includes, stages) {
  own <- includes[includes$quoted, ]
  position <- function(file) match(stage_of(file), stages, nomatch = 0)
  describe(own[position(own$header) > position(own$file), ])
}

breach_many <- function(includes, stages) {
  own <- includes[includes$quoted & !stage_of(includes$file) %in% conductors, ]
  seen <- tapply(own$header, own$file, function(headers) intersect(stage_of(headers), stages))
  seen <- Map(setdiff, seen, stage_of(names(seen)))
  seen <- seen[lengths(seen) > max_stages]
  sprintf("%s includes the stages %s", names(seen), vapply(seen, toString, ""))
}

# The rules of arithmetic must hold from the first function on.
breach_arithmetic <- function(includes) {
  first <- includes[!duplicated(includes$file) & grepl("\\.c$", includes$file), ]
  is_exempt <- sub("\\.c$", "", basename(first$file)) %in% integers_only
  describe(first[first$header != "arith.h" & !is_exempt, ])
}

breach_glue <- function(includes) {
  is_ours <- includes$header == "core/umap.h" | grepl("^r_[a-z_]+\\.h$", includes$header)
  describe(includes[includes$quoted & !is_ours, ])
}

describe <- function(includes) {
  sprintf("%s includes %s", includes$file, includes$header)
}

# ---- Rules of the objects -----------------------------------------------------------------------

# Name and type of every symbol. Without -fno-pic, constant tables of pointers pass for writable.
read_symbols <- function(core, sources) {
  directory <- tempfile("objects")
  dir.create(directory)
  on.exit(unlink(directory, recursive = TRUE))
  cc <- system2(file.path(R.home("bin"), "R"), c("CMD", "config", "CC"), stdout = TRUE)
  symbols <- lapply(sources, function(source) {
    object <- file.path(directory, "core.o")
    command <- paste(
      cc, "-fno-pic", paste0("-I", R.home("include")), "-c", shQuote(file.path(core, source)),
      "-o", shQuote(object)
    )
    if (system(command) != 0) stop("cannot compile ", source, call. = FALSE)
    fields <- strsplit(system2("nm", c("-P", shQuote(object)), stdout = TRUE, stderr = FALSE), " +")
    data.frame(
      file = rep(source, length(fields)),
      name = vapply(fields, `[`, "", 1),
      type = vapply(fields, `[`, "", 2)
    )
  })
  do.call(rbind, symbols)
}

libm <- outer(
  c(
    "exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "hypot",
    "sin", "cos", "tan", "sincos", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh",
    "asinh", "acosh", "atanh", "erf", "erfc", "tgamma", "lgamma"
  ),
  c("", "f", "l"), paste0
)
printing <- c(
  "printf", "fprintf", "vprintf", "vfprintf", "puts", "fputs", "fputc", "putc", "putchar", "fwrite",
  "perror", "stdout", "stderr"
)
ending <- c("abort", "exit", "_exit", "_Exit", "quick_exit", "__assert_fail", "longjmp")
chance <- c("rand", "srand", "rand_r", "random", "srandom", "drand48", "srand48", "lrand48")

breach_imports <- function(symbols) {
  name <- sub("^__(.*)_chk$", "\\1", symbols$name)
  is_banned <- grepl("^(R_|Rf_|Rprintf|REprintf|Rvprintf|unif_rand|norm_rand)", name) |
    name %in% c(libm, printing, ending, chance)
  describe_symbols(symbols[symbols$type == "U" & is_banned, ])
}

breach_globals <- function(symbols) {
  describe_symbols(symbols[symbols$type %in% c("D", "d", "B", "b", "C", "G", "g", "S", "s"), ])
}

# Counts of entries exceed int, so no product of ints may be widened when it is too late.
breach_widths <- function(src) {
  sources <- list.files(src, "\\.c$", recursive = TRUE, full.names = TRUE)
  found <- suppressWarnings(system2("clang-tidy", c(
    "--quiet", "--checks=-*,bugprone-implicit-widening-of-multiplication-result", shQuote(sources),
    "--", "-std=gnu11", paste0("-I", R.home("include"))
  ), stdout = TRUE, stderr = FALSE))
  sub(paste0(src, "/"), "", grep(" (warning|error): ", found, value = TRUE), fixed = TRUE)
}

describe_symbols <- function(symbols) sprintf("%s: %s", symbols$file, symbols$name)

# ---- The check ----------------------------------------------------------------------------------

report <- function(rule, breaches) {
  kept <- length(breaches) == 0
  writeLines(c(paste(if (kept) "ok    " else "BROKEN", rule), sprintf("         %s", breaches)))
  kept
}

check_layers <- function(root) {
  src <- file.path(root, "src")
  core <- file.path(src, "core")
  makevars <- file.path(src, "Makevars")
  objects <- core_objects(makevars, "OBJECTS")
  stages <- unique(stage_of(setdiff(objects, core_objects(makevars, "FOUNDATIONS"))))
  includes <- read_includes(core, list.files(core, "\\.[ch]$", recursive = TRUE))
  includes$header[includes$quoted] <- with(
    includes[includes$quoted, ], resolve_header(core, file, header)
  )
  glue <- read_includes(src, list.files(src, "^r_.*\\.[ch]$"))
  listed <- report("every source of core is in OBJECTS", breach_listing(core, objects))
  symbols <- read_symbols(core, list.files(core, "\\.c$", recursive = TRUE))
  all(
    listed,
    report("core includes no header of R", breach_r_headers(includes)),
    report("a stage includes no later stage", breach_order(includes, stages)),
    report("only umap and predict include many stages", breach_many(includes, stages)),
    report("what computes includes arith.h first", breach_arithmetic(includes)),
    report("the glue includes core/umap.h and r_*.h alone", breach_glue(glue)),
    report("core calls no R, libm, printing, exit or rand", breach_imports(symbols)),
    report("core has no writable global data", breach_globals(symbols)),
    report("nor has the glue", breach_globals(read_symbols(src, list.files(src, "^r_.*\\.c$")))),
    !nzchar(Sys.which("clang-tidy")) ||
      report("sizes are multiplied in 64 bits (clang-tidy)", breach_widths(src))
  )
}

arguments <- commandArgs(trailingOnly = TRUE)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
root <- if (length(arguments) > 0) arguments[1] else dirname(dirname(normalizePath(script)))
quit(status = as.integer(!check_layers(root)))
