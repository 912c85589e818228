# Checks the rooms of src:
#   Rscript tools/check_layers.R [DIR]
# DIR is the root of the repository, by default the one of this script. Prints a line for each rule
# and ends with status 1 when one is broken.
#
# src/core has a folder for each room, ranked below. A file may include files of its own room and of
# rooms of a lower rank, never of a higher one or of another room of the same rank; and no files
# include each other in a circle, a .c file counting as one with its header.

rooms <- c(
  arith = 1, simd = 2, base = 3, data = 4, linalg = 5, graph = 5, preprocess = 6, neighbors = 6,
  init = 6, layout = 6, model = 7, quality = 7, umap = 8
)
most_sources <- 14 # .c files of a folder
most_lines <- 450 # of a file
# Files that compute nothing with floating point.
integers_only <- c(
  "base/status.c", "base/context.c", "base/memory.c", "base/parallel.c", "base/session.c",
  "base/row_starts.c", "simd/kernels.c"
)

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

# The room of a file of core: its folder, and "umap" for the conductor, which lies outside of them.
room_of <- function(file) ifelse(grepl("/", file), sub("/.*", "", file), "umap")

# A source and its header are one.
unit_of <- function(file) sub("\\.[ch]$", "", file)

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

# ---- Rules of the files -------------------------------------------------------------------------

breach_listing <- function(src, objects) {
  sources <- list.files(src, "\\.c$", recursive = TRUE)
  compiled <- sub("\\.o$", ".c", objects)
  c(
    sprintf("%s: not in OBJECTS", setdiff(sources, compiled)),
    sprintf("%s: in OBJECTS without a source", setdiff(compiled, sources))
  )
}

breach_rooms <- function(files) {
  unknown <- files[!room_of(files) %in% names(rooms)]
  sources <- table(dirname(grep("\\.c$", files, value = TRUE)))
  full <- sources[sources > most_sources]
  c(
    sprintf("%s: in no room", unknown),
    sprintf("%s: %d sources, at most %d", names(full), full, most_sources)
  )
}

breach_lines <- function(core, files) {
  lines <- vapply(file.path(core, files), function(file) length(readLines(file)), 0L)
  sprintf("%s: %d lines, at most %d", files, lines, most_lines)[lines > most_lines]
}

# ---- Rules of the includes ----------------------------------------------------------------------

breach_r_headers <- function(includes) {
  is_r <- grepl("^(R|Rinternals|Rmath|Rdefines|Rversion|Rconfig|R_ext/.*)(\\.h)?$", includes$header)
  describe(includes[is_r, ])
}

breach_paths <- function(core, includes) {
  own <- includes[includes$quoted, ]
  describe(own[!file.exists(file.path(core, own$header)), ])
}

breach_ranks <- function(includes) {
  own <- includes[includes$quoted, ]
  from <- room_of(own$file)
  to <- room_of(own$header)
  describe(own[from != to & !(rooms[to] < rooms[from]), ])
}

# Takes away what includes nothing that is left, until all that remain stand in circles.
breach_circles <- function(includes) {
  own <- includes[includes$quoted, ]
  edges <- unique(data.frame(from = unit_of(own$file), to = unit_of(own$header)))
  edges <- edges[edges$from != edges$to, ]
  repeat {
    stays <- edges$to %in% edges$from & edges$from %in% edges$to
    if (all(stays)) break
    edges <- edges[stays, ]
  }
  sprintf("%s includes %s", edges$from, edges$to)
}

# The rules of arithmetic must hold from the first function on.
breach_arithmetic <- function(includes) {
  first <- includes[!duplicated(includes$file) & grepl("\\.c$", includes$file), ]
  describe(first[first$header != "arith/arith.h" & !first$file %in% integers_only, ])
}

breach_glue <- function(glue, includes) {
  own <- includes[includes$quoted, ]
  is_ours <- own$header == "core/umap.h" | file.exists(file.path(glue, own$header))
  describe(own[!is_ours, ])
}

describe <- function(includes) {
  sprintf("%s includes %s", includes$file, includes$header)
}

# ---- Rules of the objects -----------------------------------------------------------------------

include_flags <- function(src) {
  paste0("-I", shQuote(c(src, file.path(src, "core"), R.home("include"))))
}

# Name and type of every symbol. Without -fno-pic, constant tables of pointers pass for writable.
read_symbols <- function(src, sources) {
  directory <- tempfile("objects")
  dir.create(directory)
  on.exit(unlink(directory, recursive = TRUE))
  cc <- system2(file.path(R.home("bin"), "R"), c("CMD", "config", "CC"), stdout = TRUE)
  symbols <- lapply(sources, function(source) {
    object <- file.path(directory, "core.o")
    command <- paste(
      c(
        cc, "-fno-pic", include_flags(src), "-c", shQuote(file.path(src, source)),
        "-o", shQuote(object)
      ),
      collapse = " "
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
    "--", "-std=gnu11", include_flags(src)
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
  glue <- file.path(src, "glue")
  files <- list.files(core, "\\.[ch]$", recursive = TRUE)
  includes <- read_includes(core, files)
  sources <- list.files(src, "\\.c$", recursive = TRUE)
  is_core <- grepl("^core/", sources)
  symbols <- read_symbols(src, sources[is_core])
  all(
    report(
      "every source is in OBJECTS",
      breach_listing(src, make_words(file.path(src, "Makevars"), "OBJECTS"))
    ),
    report("every file of core is in a room, and no room is full", breach_rooms(files)),
    report("no file is long", breach_lines(core, files)),
    report("core includes no header of R", breach_r_headers(includes)),
    report("core includes its own files by their path from core/", breach_paths(core, includes)),
    report("a room includes rooms of lower rank only", breach_ranks(includes)),
    report("no files include each other in a circle", breach_circles(includes)),
    report("what computes includes arith/arith.h first", breach_arithmetic(includes)),
    report(
      "the glue includes core/umap.h and its own headers alone",
      breach_glue(glue, read_includes(glue, list.files(glue, "\\.[ch]$")))
    ),
    report("core calls no R, libm, printing, exit or rand", breach_imports(symbols)),
    report("core has no writable global data", breach_globals(symbols)),
    report("nor has the glue", breach_globals(read_symbols(src, sources[!is_core]))),
    !nzchar(Sys.which("clang-tidy")) ||
      report("sizes are multiplied in 64 bits (clang-tidy)", breach_widths(src))
  )
}

arguments <- commandArgs(trailingOnly = TRUE)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
root <- if (length(arguments) > 0) arguments[1] else dirname(dirname(normalizePath(script)))
quit(status = as.integer(!check_layers(normalizePath(root))))
