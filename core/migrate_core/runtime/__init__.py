"""A request, a graph and a database's heads into steps that are run, locked and recorded."""
