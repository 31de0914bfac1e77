"""The widgets: attributes come down, messages go up."""
