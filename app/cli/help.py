"""The longer texts of ``--help``."""

DESCRIPTION = """\
A terminal chat for making and refining pictures. Without a command it opens the chat: with
OPENAI_API_KEY on the API, with no key and no base URL on the built-in demo studio."""

EPILOG = """\
in the chat:
  F1 shows every key, F2 the options, Ctrl+T flips generate and edit, Ctrl+Q quits

examples:
  sfumato --demo
  sfumato -c
  sfumato draw "a red fox in the snow" -o fox.png
  sfumato draw -c --action edit "make it night"

environment:
  OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID   as in OpenAI's SDK
  SFUMATO_HOME=DIR            settings, library, log and cache under DIR
  SFUMATO_THEME, SFUMATO_GRAPHICS, SFUMATO_MODEL, SFUMATO_IMAGE_MODEL   before settings.toml
  SFUMATO_DEMO_DELAY=SECONDS  how long the demo studio takes for a picture

exit status:
  0 done, 1 disk or unforeseen trouble, 2 bad arguments or options, 3 no or bad key, or forbidden,
  4 refused by moderation, 5 rate or quota, 6 network or server, 7 no picture, 130 interrupted"""

DRAW_DESCRIPTION = """\
One turn without the screen. Prints the saved path of each picture on stdout, one per line. Errors
print one line on stderr and nothing on stdout. Options come from settings.toml, the environment
and these flags; also with -c they are not taken from the conversation."""

DRAW_EPILOG = """\
--json prints one object instead: session, turn, response_id, pictures (path, revised_prompt, size,
format, action), text and usage. Several pictures with -o OUT.png: the first is OUT.png, the others
OUT-2.png, OUT-3.png and so on; with a folder for OUT all keep their names in the library. An
existing OUT is replaced. SFUMATO_DEMO_DELAY is 0 here when it is not set."""
