from . import crm_moment_duration
from . import crm_channel_mix
from . import crm_case_report
from . import crm_message_report
