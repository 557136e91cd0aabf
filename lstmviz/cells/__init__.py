"""The recurrent cells: one step, a layer over a whole sequence, and the step with its derivative."""
