# Runs the tests of each problem in a process of its own.
import json, re, subprocess, sys

for line in sys.stdin:
    answer = json.loads(line)
    row = answer["columns"]
    fence = re.search(r"