"""The values that travel from stage to stage, in the order of the flow.

claim → DueFeed → fetch → Document → parse → ParsedDocument of Entry → recognise → Recognised → normalise → Sighting
of an Article → dedupe → Decision → schedule → NextPoll → store
"""
