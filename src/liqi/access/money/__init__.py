"""Money: prices, quotes, charges, budgets, vouchers, invoices, payments and the ledger under them; verb modules."""
