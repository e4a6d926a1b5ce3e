//! What the runs of an experiment spend together: one row for all that work at the same time, of which each takes a part
//! ahead of what it sends. What a run had taken and not spent when it was killed counts as spent.

use tokio_postgres::Error;

use super::link::Live;
use crate::store::spending::Spending;

/// Takes a part of the budget of a team, of which it takes at most `most`.
pub(super) async fn draw(live: &mut Live, team: i64, wanted: Spending, most: Spending) -> Result<Spending, Error> {
    let transaction = live.client.transaction().await?;
    transaction.execute("INSERT INTO budgets(team) VALUES ($1) ON CONFLICT DO NOTHING", &[&team]).await?;
    let taken = "SELECT requests, cost FROM budgets WHERE team = $1 FOR UPDATE";
    let row = transaction.query_one(taken, &[&team]).await?;
    let taken = Spending { requests: row.try_get(0)?, cost: row.try_get(1)? };
    let granted = Spending {
        requests: wanted.requests.min(most.requests.saturating_sub(taken.requests).max(0)),
        cost: wanted.cost.min((most.cost - taken.cost).max(0.0)),
    };
    let take = "UPDATE budgets SET requests = requests + $2, cost = cost + $3 WHERE team = $1";
    transaction.execute(take, &[&team, &granted.requests, &granted.cost]).await?;
    transaction.commit().await?;
    Ok(granted)
}
