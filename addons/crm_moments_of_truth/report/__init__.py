from . import crm_moment_duration
from . import crm_channel_mix
