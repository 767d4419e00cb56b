"""The benchmarks: what a ward's work costs on this machine, beside the goals and the machine's own limits."""
