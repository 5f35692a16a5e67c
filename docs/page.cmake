# A manual page from its words and from the section that relevoctl prints: cmake -DCTL= -DWHAT= -DIN= -DOUT= -P page.cmake
execute_process(COMMAND ${CTL} ${WHAT} manual OUTPUT_VARIABLE keys COMMAND_ERROR_IS_FATAL ANY)
file(READ ${IN} page)
string(REPLACE "@KEYS@\n" "${keys}" page "${page}")
file(WRITE ${OUT} "${page}")
