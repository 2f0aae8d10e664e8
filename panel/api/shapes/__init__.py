"""What goes in and comes out, field by field. No shape is made from a model."""
