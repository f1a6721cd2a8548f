"""A simulated district with ground truth, written in the log formats of its vendors. Start reading at `simulation`."""
