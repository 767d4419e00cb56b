"""How the state machines run: a failure is told as it was found."""

from hypothesis import Phase, settings


def machine(examples: int, steps: int) -> settings:
    """Settings of a state machine: so many runs of so many steps.

    Making a failing run shorter repeats it hundreds of times, and over a real database that took five minutes. It is
    printed whole, step by step, and with the line `@reproduce_failure(…)`: put that above the machine's class and it is
    run again alone. To have it made shorter, add `Phase.shrink` here.
    """
    phases = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
    return settings(max_examples=examples, stateful_step_count=steps, phases=phases, print_blob=True)
