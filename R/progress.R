# Gives C what it needs for a run in addition to the data: threads, and the functions by which it
# reaches the user. None of them changes a result.

# `envir` is the frame of the exported function: when it ends, however it does, so does the bar.
# `times()` returns, after the run, the seconds that each of its phases took.
run_settings <- function(n_threads, verbose, envir = parent.frame()) {
  verbose <- resolve_verbose(verbose)
  if (is_nested()) {
    abort_input(
      "epoch_callback", "must not call functions of unfurl that compute, as the run that calls it ",
      "is not over",
      hint = "Keep the layout that it is given, and compute after the run."
    )
  }
  clock <- phase_clock(if (verbose) progress_reporter(envir))
  list(
    n_threads = resolve_threads(n_threads),
    isa = instruction_set(),
    progress = clock$progress,
    times = clock$times,
    warn = warn_from_core,
    fail = fail
  )
}

# NULL: the option, else whether the session is interactive. A document that is knitted shows no
# progress.
resolve_verbose <- function(verbose) {
  if (!is.null(verbose)) return(check_flag(verbose, "verbose"))
  verbose <- getOption("unfurl.verbose")
  if (!is.null(verbose)) return(check_flag(verbose, "unfurl.verbose"))
  interactive() && !isTRUE(getOption("knitr.in.progress"))
}

isas <- c("", "scalar", "sse2", "fma", "avx2", "avx512", "vnni", "neon")

# The set of instructions not to exceed; the empty string for no limit.
instruction_set <- function() check_choice(Sys.getenv("UNFURL_ISA"), "UNFURL_ISA", isas)

# A warning of C, whose kind is NULL where it has no subclass.
warn_from_core <- function(message, kind = NULL) warn(kind, message)

# Ends the run of C with an error, by which C frees all that it holds.
fail <- function(status, message, arg = "x", hint = NULL) {
  switch(status,
    input = abort_input(arg, message, hint = hint),
    memory = abort("unfurl_error_memory", message, argument = arg, hint = hint),
    stop(message)
  )
}

# ---- Phases ------------------------------------------------------------------------------------

# Takes the time of each phase, and passes progress on to a reporter when there is one. C names a
# phase when it begins; the empty name ends the last.
phase_clock <- function(reporter = NULL) {
  seconds <- numeric()
  current <- ""
  since <- 0
  finish <- function(elapsed) {
    seconds[current] <<- sum(seconds[current], elapsed, na.rm = TRUE)
    if (!is.null(reporter)) reporter$done(current, elapsed)
  }
  progress <- function(phase, fraction) {
    now <- as.numeric(Sys.time())
    if (phase != current) {
      if (nzchar(current)) finish(now - since)
      current <<- phase
      since <<- now
    }
    if (nzchar(phase) && !is.null(reporter)) reporter$update(phase, fraction, now - since)
  }
  list(progress = progress, times = function() seconds)
}

# ---- Progress -----------------------------------------------------------------------------------

# Shows a phase while it lasts, and its time when it is done: a bar where the terminal can draw one,
# else messages.
progress_reporter <- function(envir) {
  if (requireNamespace("cli", quietly = TRUE) && cli::is_dynamic_tty()) {
    progress_bar(envir)
  } else {
    progress_messages()
  }
}

# cli shows a bar, with the time that is left, from the second second of a phase on.
progress_bar <- function(envir) {
  bar <- NULL
  current <- ""
  update <- function(phase, fraction, elapsed) {
    if (phase != current) {
      current <<- phase
      bar <<- cli::cli_progress_bar(
        phase,
        total = 100, clear = TRUE, .envir = envir,
        format = "{cli::pb_name}{cli::pb_bar} {cli::pb_percent} | {cli::pb_eta_str}"
      )
    }
    cli::cli_progress_update(set = 100 * fraction, id = bar, .envir = envir)
  }
  done <- function(phase, elapsed) {
    cli::cli_progress_done(bar, .envir = envir)
    inform_phase(phase, elapsed)
  }
  list(update = update, done = done)
}

# A line for each phase that is done and, while a long one lasts, every few seconds.
progress_messages <- function(interval = 5) {
  last <- 0
  update <- function(phase, fraction, elapsed) {
    if (elapsed < last) last <<- 0 # a new phase
    if (elapsed - last < interval) return()
    last <<- elapsed
    left <- if (fraction > 0) paste(", about", duration(elapsed / fraction - elapsed), "left")
    inform(phase, sprintf(": %.0f %%", 100 * fraction), left)
  }
  list(update = update, done = inform_phase)
}

inform_phase <- function(phase, elapsed) inform(phase, ": ", duration(elapsed))

# Formats seconds, minutes and hours as text.
duration <- function(seconds) {
  if (seconds < 9.95) return(sprintf("%.*f s", if (seconds < 0.0995) 3 else 1, seconds))
  whole <- round(seconds)
  if (whole < 60) return(paste(whole, "s"))
  minutes <- whole %/% 60
  if (minutes < 60) return(sprintf("%d min %02d s", minutes, whole %% 60))
  sprintf("%d h %02d min", minutes %/% 60, minutes %% 60)
}
