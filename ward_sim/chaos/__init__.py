"""Many short, bad hours: seeded faults of network, storage, clocks and servers, and a judge of every invariant."""
