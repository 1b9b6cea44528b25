from . import crm_moment_duration
