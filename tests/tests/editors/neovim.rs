//! Neovim, headless.

use crate::{
    install,
    setup::{Desk, documented},
};

/// What each script begins with: reading what the screen shows beside each line, and waiting.
const READING: &str = r#"
local function lenses()
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    table.insert(titles, (lens.command.title:gsub("%d+m?s", "[age]")))
  end
  return table.concat(titles, " | ")
end

-- What is drawn at the lines of the buffer besides its text.
local function screen()
  local shown = {}
  for name, namespace in pairs(vim.api.nvim_get_namespaces()) do
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
      local parts = {}
      for _, part in ipairs(mark[4].virt_text or {}) do
        table.insert(parts, part[1])
      end
      for _, line in ipairs(mark[4].virt_lines or {}) do
        for _, part in ipairs(line) do
          table.insert(parts, part[1])
        end
      end
      if #parts > 0 then
        local text = table.concat(parts):gsub("%d+m?s", "[age]")
        table.insert(shown, string.format("%d: %s\n", mark[2] + 1, text))
      end
    end
  end
  table.sort(shown)
  return table.concat(shown)
end

local function wait_until(what, is_so)
  if not vim.wait(30000, is_so, 20) then
    print("NEVER: " .. what .. "\n" .. lenses() .. "\n")
    vim.cmd("cquit")
  end
end

local function wait_for_lens(text)
  wait_until(text, function() return lenses():find(text, 1, true) ~= nil end)
end

vim.cmd.edit("CONFIG")
"#;

/// Runs the lens that applies, and waits until the lenses say so; nothing else says how tasks stand.
const APPLYING: &str = r#"
wait_until("lenses", function() return lenses() ~= "" end)
print(lenses() .. "\n")
print(#vim.diagnostic.get(0) .. " diagnostics, " .. #vim.lsp.inlay_hint.get({ bufnr = 0 }) .. " hints\n")
vim.api.nvim_win_set_cursor(0, { 3, 0 })
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.lsp.codelens.run()
wait_for_lens("up to date")
print(lenses() .. "\n")
vim.cmd("qall!")
"#;

/// Follows an apply of a terminal, and prints what is on the screen at each moment of it.
const FOLLOWING: &str = r#"
wait_for_lens("apply (2 pending)")
local ended = false
vim.fn.jobstart({ "rig", "apply" }, { on_exit = function() ended = true end })
for _, task in ipairs({ "clone", "build" }) do
  wait_for_lens("getting " .. task)
  wait_until("the screen", function() return screen():find("getting " .. task, 1, true) ~= nil end)
  print(screen())
  vim.fn.writefile({}, task)
end
wait_until("the end", function() return ended end)
-- The plan that knows what was stored comes a moment after the last task has ended.
wait_until("the screen", function()
  return screen():find("up to date", 1, true) ~= nil and screen():find("cached", 1, true) ~= nil
end)
print(screen())
vim.cmd("qall!")
"#;

/// Runs a script in Neovim with the documented set-up, and returns what it prints.
fn run(desk: &Desk, script: &str) -> String {
    let script = format!("{READING}{script}").replace("CONFIG", desk.config().to_str().unwrap());
    let setup = desk.write(
        "init.lua",
        &format!("{}\n{script}", documented("Neovim", "lua")),
    );
    let setup = setup.to_str().unwrap();
    let [_, printed] = desk.run(
        &install::neovim(),
        &["--headless", "--clean", "-n", "-S", setup],
    );
    printed
}

#[test]
fn neovim_shows_the_plan_once_and_applies_it() {
    insta::assert_snapshot!(run(&Desk::new(), APPLYING), @r#"
    ▶ apply (2 pending) | plan | graph | ● never ran | apply up to here | ● never ran | apply up to here
    0 diagnostics, 0 hints
    ✓ up to date | plan | graph | ✓ cached [age] ago | invalidate | ✓ cached [age] ago | invalidate
    "#);
}

/// Runs the operation by its lens, answers what is asked, and waits until the result is shown.
const OPERATION: &str = r#"
local answers = { "safe", "No", "Yes" }
vim.ui.select = function(items, options, choose)
  local titles = vim.tbl_map(function(item) return item.title end, items)
  print(options.prompt .. table.concat(titles, " | ") .. "\n")
  local answer = table.remove(answers, 1)
  for index, title in ipairs(titles) do
    if title == answer then return choose(items[index], index) end
  end
  choose(nil, nil)
end
vim.ui.input = function(options, answer)
  print(options.prompt .. "\n")
  answer("v2")
end
local shown
vim.lsp.handlers["window/showMessage"] = function(_, message)
  shown = message.message
end

local line
wait_until("the lens of the operation", function()
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    if lens.command and lens.command.title == "▶ run" then line = lens.range.start.line end
  end
  return line ~= nil
end)
vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
vim.lsp.codelens.run()
wait_until("a result", function() return shown ~= nil end)
print(shown .. "\n")
vim.cmd("qall!")
"#;

#[test]
fn neovim_asks_for_what_an_operation_needs_and_shows_what_it_gives() {
    insta::assert_snapshot!(run(&Desk::with_operation(), OPERATION), @r#"
    deploy: mode (how): fast | safe
    deploy: minify: Yes | No
    Deploy now?: Yes | No
    Under which name?: 
    deploy: v2: safe, minify false, sure true
    "#);
}

#[test]
fn neovim_shows_each_task_of_an_apply_as_it_runs() {
    insta::assert_snapshot!(run(&Desk::of_waiting_tasks(), FOLLOWING), @r#"
    6: ◌ applying: 0 of 2 done, 1 running | plan | graph
    8: ◌ running [age]: getting clone
    9: ● never ran | apply up to here
    6: ◌ applying: 1 of 2 done, 1 running | plan | graph
    8: ✓ done [age] ago | invalidate
    9: ◌ running [age]: getting build
    6: ✓ up to date | plan | graph
    8: ✓ cached [age] ago | invalidate
    9: ✓ cached [age] ago | invalidate
    "#);
}
