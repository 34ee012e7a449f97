import{f as t,T as e,a as m,b as f}from"./index-EivFroTQ.js";var p=f("<!> <h1>Compare</h1>",1);function s(r){var a=p(),o=t(a);e(o,{title:"Compare"}),m(r,a)}export{s as default};
