"""The edge of the server: headers and origins of every answer, the tablet's files, and the bells of the sweeps."""
