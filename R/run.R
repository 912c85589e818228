# What C is told about a run besides the data: threads, and the functions by which it speaks to the
# user. None of them changes a result.

# `envir` is the frame of the exported function: when it ends, however it does, so does the bar.
run_settings <- function(n_threads, verbose, envir = parent.frame()) {
  list(
    n_threads = resolve_threads(n_threads),
    isa = instruction_set(),
    progress = if (check_flag(verbose, "verbose")) progress_reporter(envir),
    warn = warn,
    fail = fail
  )
}

isas <- c("", "scalar", "sse2", "avx2", "avx512", "vnni", "neon")

# The set of instructions not to exceed; the empty string for no limit.
instruction_set <- function() check_choice(Sys.getenv("UNFURL_ISA"), "UNFURL_ISA", isas)

# Ends the run as `status` demands. C frees all that it holds when this jumps out of it.
fail <- function(status, message) {
  switch(status,
    input = abort_input("x", message),
    memory = abort("unfurl_error_memory", message),
    stop(message)
  )
}

# ---- Progress -----------------------------------------------------------------------------------

# A function(phase, fraction): a bar where the terminal can draw one, else messages.
progress_reporter <- function(envir) {
  if (requireNamespace("cli", quietly = TRUE) && cli::is_dynamic_tty()) {
    progress_bar(envir)
  } else {
    progress_messages()
  }
}

progress_bar <- function(envir) {
  bar <- NULL
  current <- ""
  function(phase, fraction) {
    if (phase != current) {
      if (!is.null(bar)) cli::cli_progress_done(bar, .envir = envir)
      current <<- phase
      bar <<- cli::cli_progress_bar(
        phase,
        total = 100, format = "{cli::pb_name}{cli::pb_bar} {cli::pb_percent}{cli::pb_eta_str}",
        clear = FALSE, .envir = envir
      )
    }
    cli::cli_progress_update(set = 100 * fraction, id = bar, .envir = envir)
  }
}

# A line when a phase begins and, while it lasts, every few seconds.
progress_messages <- function(interval = 5) {
  current <- ""
  last <- 0
  function(phase, fraction) {
    now <- proc.time()[["elapsed"]]
    if (phase == current && now - last < interval) return()
    message(phase, sprintf(": %.0f %%", 100 * fraction))
    current <<- phase
    last <<- now
  }
}
