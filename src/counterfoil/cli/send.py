def add_to(application):
    pass
