def run(candidate, wanted):
    """Facts about each author's text and, where tests are given, how the loaded program fares in them."""
    authors = [facts(author["texts"], author["function"], author["partner"]) for author in wanted["authors"]]
    tests = wanted["tests"]
    return {"authors": authors, "tests": run_checks(candidate, tests) if tests else None}
