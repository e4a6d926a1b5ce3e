// The service level: limits that a reader moves, and the share of requests that meet them, from the rows.

/** Whether a row meets the limits: true, false, or null where that is unknown. As `Row::is_good` of the program. */
function isGood(row, [ttft, tpot, latency]) {
  if (data.flags[row] & COLD) return null;
  if (data.flags[row] & FAULT) return false;
  const tokens = count("output_tokens", row);
  const met = [
    [ttft, data.ttft[row]],
    [latency, data.latency[row]],
    [tokens !== null && tokens < 2 ? null : tpot, data.tpot[row]],
  ].map(([limit, value]) => (limit === null ? true : Number.isNaN(value) ? null : value <= limit));
  if (met.includes(false)) return false;
  return met.includes(null) ? null : true;
}

/** Good rows and all whose fate is known, by group. */
function attainment(limits) {
  const tally = facts.groups.map(() => [0, 0]);
  for (let row = 0; row < facts.rows; row += 1) {
    const good = isGood(row, limits);
    if (good === null) continue;
    const counts = tally[data.group[row]];
    counts[0] += good ? 1 : 0;
    counts[1] += 1;
  }
  return tally;
}

function offerService() {}
