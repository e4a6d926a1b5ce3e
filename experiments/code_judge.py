# Runs the tests of each problem in a process of its own.
import json, re, subprocess, sys

for line in sys.stdin:
    answer = json.loads(line)
    row = answer["columns"]
    fence = re.search(r"```(?:python)?\n(.*?)```", answer["output"], re.S)
    code = fence.group(1) if fence else answer["output"]
    program = f"{code}\n{row['test']}\ncheck({row['entry_point']})\n"
    try:
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=5)
        passed, reason = run.returncode == 0, run.stderr.strip()[-200:]
    except subprocess.TimeoutExpired:
        passed, reason = False, "took longer than 5 s"
    print(json.dumps({"id": answer["id"], "score": int(passed), "extracted": code, "reason": reason}), flush=True)
