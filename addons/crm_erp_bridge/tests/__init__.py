from . import test_contract
from . import test_segment_profit
from . import test_stock_picking_facts
from . import test_waterfall
