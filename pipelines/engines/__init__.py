"""Engines that call the one kernel; none holds a rule."""
