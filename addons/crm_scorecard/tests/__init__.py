from . import test_contract
from . import test_customer
from . import test_indicator
from . import test_profile
from . import test_scorecard
from . import test_health
