from . import test_access
from . import test_canary
from . import test_menu_type
from . import test_odoo_stays
from . import test_rpc
