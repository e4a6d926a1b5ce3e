// The prices: what a reader would pay, from the tokens of the rows.

function offerPrices() {}
