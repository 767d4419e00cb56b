"""The simulator: tablets, nurses, patients and a judge, which know the server only by HTTP and WebSocket."""
