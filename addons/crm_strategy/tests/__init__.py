from . import test_change
from . import test_contract
from . import test_customer
from . import test_hooks
from . import test_indicator
from . import test_matrix
from . import test_partner_merge
from . import test_segment_assignment
