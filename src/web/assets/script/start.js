// What a browser with scripts has beyond the pages themselves. Every page works without this file.
"use strict";
