/* On a phone the row of tabs is longer than the screen: begin with the open one in sight. */
(function () {
  "use strict";
  var open = document.querySelector(".tf-tabs [aria-current]");
  if (open) open.parentNode.scrollLeft = open.offsetLeft - (open.parentNode.clientWidth - open.offsetWidth) / 2;
})();
