# Installs what the scripts in this folder need: packages that are missing, and unfurl itself from
# the files of this repository. They go to the first library that can be written to; where none can,
# the user's own is created.

is_missing <- function(package) !requireNamespace(package, quietly = TRUE)

suggested_packages <- function(root) {
  suggests <- read.dcf(file.path(root, "DESCRIPTION"), "Suggests")
  trimws(sub("\\(.*", "", strsplit(suggests, ",")[[1]]))
}

n_cores <- function() max(1, parallel::detectCores(), na.rm = TRUE)

# Installs the missing ones of `packages`, from CRAN only those in `compile`, since that can take
# minutes; returns the ones that are still missing.
install_missing <- function(packages, compile = packages) {
  packages <- Filter(is_missing, packages)
  if (length(packages) > 0) install_from_debian(packages)
  packages <- Filter(is_missing, packages)
  sources <- intersect(packages, compile)
  if (length(sources) > 0) install_from_cran(sources)
  Filter(is_missing, packages)
}

# Debian's compiled packages take seconds where the sources of CRAN take minutes.
install_from_debian <- function(packages) {
  is_root <- identical(Sys.info()[["effective_user"]], "root")
  is_debian_r <- "/usr/lib/R/site-library" %in% .libPaths()
  if (!is_root || !is_debian_r || !nzchar(Sys.which("apt-get"))) {
    return(invisible())
  }
  message("Installing from Debian: ", toString(packages))
  apt_get <- function(...) {
    # waits where another process installs
    system2("apt-get", c("-qq", "-o", "DPkg::Lock::Timeout=120", ...),
      env = "DEBIAN_FRONTEND=noninteractive", stdout = FALSE, stderr = FALSE, timeout = 300
    )
  }
  apt_get("update")
  # One by one, since a name that Debian does not have would keep it from installing the others.
  for (package in debian_names(packages)) {
    apt_get("install", "-y", "--no-install-recommends", package)
  }
}

# rmarkdown needs pandoc, a program that its Debian package only recommends.
debian_names <- function(packages) {
  c(paste0("r-cran-", tolower(packages)), if ("rmarkdown" %in% packages) "pandoc")
}

install_from_cran <- function(packages) {
  message("Installing from CRAN: ", toString(packages))
  if ("@CRAN@" %in% getOption("repos")) chooseCRANmirror(ind = 1, local.only = TRUE)
  # What still cannot be had is reported by install_missing().
  try(install.packages(packages, lib = writable_library(), quiet = TRUE, Ncpus = 2))
}

writable_library <- function() {
  writable <- .libPaths()[file.access(.libPaths(), mode = 2) == 0]
  if (length(writable) > 0) {
    return(writable[1])
  }
  own <- strsplit(Sys.getenv("R_LIBS_USER"), .Platform$path.sep, fixed = TRUE)[[1]][1]
  dir.create(own, recursive = TRUE)
  .libPaths(c(own, .libPaths()))
  own
}

# By way of a source package, so that nothing is compiled inside the repository.
install_unfurl <- function(root) {
  root <- normalizePath(root)
  old_directory <- setwd(tempdir())
  on.exit(setwd(old_directory))
  run_r("build", "--no-build-vignettes", "--no-manual", shQuote(root))
  run_r("INSTALL", paste0("--library=", shQuote(writable_library())), Sys.glob("unfurl_*.tar.gz"))
}

run_r <- function(command, ...) {
  output <- suppressWarnings(
    system2(
      file.path(R.home("bin"), "R"), c("CMD", command, ...),
      stdout = TRUE, stderr = TRUE,
      env = paste0("MAKEFLAGS=-j", n_cores())
    )
  )
  if (!is.null(attr(output, "status"))) {
    writeLines(output)
    stop("R CMD ", command, " failed, see above", call. = FALSE)
  }
}
