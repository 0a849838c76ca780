-- One row per submission and dataset: the decision that stands, which is the last one made.
select *
from {{ ref('stg_decisions') }}
qualify row_number() over (partition by submission_id, dataset order by decided_at desc) = 1
