from . import account_move_line
from . import crm_joint_group_mixin
from . import crm_joint_report_mixin
from . import crm_segment_profit
from . import crm_segment_profit_matrix
from . import crm_waterfall
from . import crm_waterfall_books
from . import crm_waterfall_matrix
