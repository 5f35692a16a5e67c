-- lease_give_up: $1 holder; another node may take its channels at once
UPDATE channel_lease SET held_until = '-infinity' WHERE holder = $1
