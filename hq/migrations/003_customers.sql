CREATE INDEX baskets_by_customer ON baskets (customer, local_time_s) WHERE customer <> '';
CREATE INDEX return_lines ON basket_lines (basket_id) WHERE quantity_milli < 0;
